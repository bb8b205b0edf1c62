"""Plugins: how packages of strangers, and our own, get in.

General layout, in the order things happen: `discovery` finds entry points and picks those that are
wanted; `loading` turns one of them into a `PluginRecord`, whatever it does; `contract` is what a
registered object must fulfil; `manager` does this for all of them, warns once for each that failed, and
holds the set in use. Nothing here knows a backend, an agent or a scenario by name.
"""

from bucket_brigade.plugins.loading import Offer, PluginRecord
from bucket_brigade.plugins.manager import Plugins, PluginWarning, active_plugins, load_plugins, use_plugins

__all__ = [
    "Offer",
    "PluginRecord",
    "PluginWarning",
    "Plugins",
    "active_plugins",
    "load_plugins",
    "use_plugins",
]
