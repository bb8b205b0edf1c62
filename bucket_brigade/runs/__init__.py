"""Directories that long runs fill file by file, and that survive a kill."""
