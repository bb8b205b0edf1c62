"""Two scenarios for Bucket Brigade, to be read and copied.

plugin.py         what the entry point names: the hook, which registers every table of the file
scenarios.toml    the scenarios themselves; their fields are those of rules.md, section 2
"""
