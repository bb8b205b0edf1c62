"""``python -m bucket_brigade``, for when the command is not on the PATH."""

from bucket_brigade.cli import main

main()
