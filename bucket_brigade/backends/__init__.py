"""Backends: what plays the games.

General layout: `base` is the contract; `dispatch` takes a request to the chosen backend and checks the
answer; `stepping` holds the checks that every stepper makes; `python_reference` is the rules, readable;
`loopback` plays through the reference and records what it was asked. Which backends there are, in which
state, and which one is chosen is the business of `bucket_brigade.registry`.
"""
