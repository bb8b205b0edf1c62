"""Everything there is to do once a GPU is at hand, in one go and in a few minutes.

__main__.py   asks for a GPU, runs the parts, writes the report
games.py      the conformance kit; parity with Rust on a million games of all named scenarios
speed.py      game-nights a second, beside Rust on the host's cores in the same run
report.py     what was found, as JSON and Markdown
"""
