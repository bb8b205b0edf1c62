"""A backend for Bucket Brigade in plain Python, to be read beside the rules and copied.

plugin.py       what the entry point names: the hook, and the spec it registers
rules.py        one night of one game, in the order of the rules
decisions.py    what native strategies do
batch.py        games that are played together, and where their luck comes from
backend.py      the contract: whole games, and games night by night
"""
