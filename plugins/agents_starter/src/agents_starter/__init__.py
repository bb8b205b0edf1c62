"""Three agents for Bucket Brigade, one of each kind, to be read and copied.

plugin.py       what the entry point names: the hook, and the specs it registers
watchman.py     a native strategy: ten numbers, which every engine plays at its own speed
patrol.py       a scripted agent that plays a whole batch of games with arrays
grudger.py      a plain function for one game
"""
