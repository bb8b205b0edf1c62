"""What strangers get wrong, one small plugin each; ``tools/plugin_pages.py`` writes down what they are told."""

from __future__ import annotations

__all__ = ["AGENTS", "BACKENDS", "COMMANDS", "FOUR_STATES", "OFFERS", "PLUGINS"]

FOUR_STATES = {
    "bb-abacus 1.0": {
        "bb_abacus.plugin": """
            from bucket_brigade import BackendSpec, hookimpl

            @hookimpl
            def register_backends(register):
                factory = "bb_abacus.backend:Abacus"
                register(BackendSpec("abacus", "beads on wires", factory, exact_stream=True, speed=1e6))
        """,
        "bb_abacus.backend": """
            from bucket_brigade.backends.python_reference import PythonReference

            class Abacus(PythonReference):
                name = "abacus"
        """,
    },
    "bb-gpu 2.1": {
        "bb_gpu.plugin": """
            from bucket_brigade import BackendSpec, hookimpl

            @hookimpl
            def register_backends(register):
                register(BackendSpec("gpu", "on a graphics card", "bb_gpu.backend:Gpu", probe="bb_gpu.backend:probe"))
        """,
        "bb_gpu.backend": """
            def probe():
                return "driver 470 is too old, 525 or newer is needed"
        """,
    },
    "bb-native 0.9": {
        "bb_native.plugin": """
            from bucket_brigade import BackendSpec, hookimpl

            @hookimpl
            def register_backends(register):
                register(BackendSpec("native", "compiled", "bb_native.backend:Native", probe="bb_native.backend:probe"))
        """,
        "bb_native.backend": """
            def probe():
                raise ImportError("libbb.so: undefined symbol: bb_play")
        """,
    },
    "bb-tpu 0.3": {
        "bb_tpu.plugin": """
            from bucket_brigade import BackendSpec, hookimpl

            @hookimpl
            def register_backends(register):
                register(
                    BackendSpec(
                        "tpu",
                        "on a tensor processor",
                        "bb_tpu.backend:Tpu",
                        probe="bb_tpu.backend:probe",
                        install="pip install bb-tpu[runtime]",
                    )
                )
        """,
        "bb_tpu.backend": """
            def probe():
                import tpu_runtime_that_nobody_has
        """,
    },
}
"""A distribution for each state of a backend: ready, unusable, broken, not installed."""

PLUGINS = {
    "a module that cannot be imported": """
        import package_that_nobody_has
    """,
    "an import that raises": """
        raise OSError("licence file not found")
    """,
    "an import that ends the process": """
        import sys
        sys.exit("this machine is not supported")
    """,
    "a misspelt hook": """
        @hookimpl
        def register_agent(register):
            register(AgentSpec("patient", "waits", "my_plugin.agents:patient"))
    """,
    "a hook without its mark": """
        def register_agents(register):
            register(AgentSpec("patient", "waits", "my_plugin.agents:patient"))
    """,
    "a hook with another argument": """
        @hookimpl
        def register_agents(registry):
            registry.add(AgentSpec("patient", "waits", "my_plugin.agents:patient"))
    """,
    "a hook without its argument": """
        @hookimpl
        def register_agents():
            return AgentSpec("patient", "waits", "my_plugin.agents:patient")
    """,
    "a hook that returns instead of registering": """
        @hookimpl
        def register_agents(register):
            return [AgentSpec("patient", "waits", "my_plugin.agents:patient")]
    """,
    "a hook that raises": """
        @hookimpl
        def register_agents(register):
            register(AgentSpec("patient", "waits", "my_plugin.agents:patient"))
            raise RuntimeError("halfway")
    """,
    "an exception that cannot be told": """
        class Mute(Exception):
            def __str__(self):
                raise ValueError
        raise Mute
    """,
    "no hook at all": """
        agents = ["patient"]
    """,
}
"""Whole plugins that fail to load."""

OFFERS = {
    "one name twice": """
        register_agents: register(AgentSpec("patient", "waits", "a:b")); register(AgentSpec("patient", "sleeps", "c:d"))
    """,
    "an api_version from the future": """
        register_backends: register(BackendSpec("gpu", "fast", "m:Gpu", api_version=2))
    """,
    "an api_version from the past": """
        register_agents: register(AgentSpec("patient", "waits", "m:patient", api_version=0))
    """,
    "a factory that is no address": """
        register_agents: register(AgentSpec("patient", "waits", print))
    """,
    "a probe that is no address": """
        register_backends: register(BackendSpec("gpu", "fast", "m:Gpu", probe="probe"))
    """,
    "a name with a slash": """
        register_backends: register(BackendSpec("my/gpu", "fast", "m:Gpu"))
    """,
    "a reserved name": """
        register_backends: register(BackendSpec("auto", "fast", "m:Gpu"))
    """,
    "a speed that is no number": """
        register_backends: register(BackendSpec("gpu", "fast", "m:Gpu", speed="fast"))
    """,
    "an exact_stream that is neither": """
        register_backends: register(BackendSpec("gpu", "fast", "m:Gpu", exact_stream="nearly"))
    """,
    "a summary that is no text": """
        register_agents: register(AgentSpec("patient", None, "m:patient"))
    """,
    "an unknown trait": """
        register_agents: register(AgentSpec("patient", "waits", "m:patient", traits={"nativ": True}))
    """,
    "a trait that is neither true nor false": """
        register_agents: register(AgentSpec("patient", "waits", "m:patient", traits={"native": "yes"}))
    """,
    "something else than a spec": """
        register_agents: register("patient")
    """,
    "the class instead of a spec": """
        register_backends: register(BackendSpec)
    """,
    "a scenario without a version": """
        register_scenarios: register(get_scenario("easy-v2").replace(name="hamlet"))
    """,
    "a scenario that the rules do not allow": """
        register_scenarios: register(get_scenario("easy-v2").replace(name="hamlet-v1", max_nights=0))
    """,
}
"""What a hook registers, and the contract refuses: the hook, then what it does."""

BACKENDS = {
    "a module that is not there": ('"my_plugin.gpu:Gpu", install="pip install my-plugin[gpu]"', ""),
    "a probe that finds no module": (
        '"my_plugin.backend:Gpu", probe="my_plugin.backend:probe"',
        "def probe(): import cuda_that_nobody_has",
    ),
    "a probe that gives a reason": (
        '"my_plugin.backend:Gpu", probe="my_plugin.backend:probe"',
        'def probe(): return "no CUDA device"',
    ),
    "a probe that raises": (
        '"my_plugin.backend:Gpu", probe="my_plugin.backend:probe"',
        'def probe(): raise OSError("libcuda.so.1: version too old")',
    ),
    "a probe that answers something else": (
        '"my_plugin.backend:Gpu", probe="my_plugin.backend:probe"',
        "def probe(): return False",
    ),
    "a probe that hangs": (
        '"my_plugin.backend:Gpu", probe="my_plugin.backend:probe"',
        "def probe():\n    import time\n    time.sleep(3600)",
    ),
    "a factory that raises": ('"my_plugin.backend:Gpu"', 'def Gpu(): raise MemoryError("2 GB are needed")'),
    "a factory that is not there": ('"my_plugin.backend:GPU"', ""),
    "a factory that returns something else": ('"my_plugin.backend:Gpu"', 'def Gpu(): return "gpu"'),
    "a factory whose backend has another name": (
        '"my_plugin.backend:Gpu"',
        "from bucket_brigade.backends.python_reference import PythonReference as Gpu",
    ),
}
"""What follows the name and the summary in a spec of the backend ``gpu``, and the module ``my_plugin.backend``."""

_RESET = "def reset(self, seat, scenario, num_games): pass"

AGENTS = {
    "a factory that raises": 'def patient(): raise OSError("weights.npz not found")',
    "a factory that returns something else": 'def patient(): return "patient"',
    "a strategy where the traits claim none": "from bucket_brigade.agents.library.hero import make as patient",
    "a reset that raises": """
        class patient:
            def reset(self, seat, scenario, num_games): self.plan = {}[scenario.name]
            def act(self, observations): pass
    """,
    "an act that raises": f"""
        class patient:
            {_RESET}
            def act(self, observations): return 1 / 0
    """,
    "an answer that is no array": f"""
        class patient:
            {_RESET}
            def act(self, observations): return None
    """,
    "an answer of the wrong shape": f"""
        class patient:
            {_RESET}
            def act(self, observations): return observations.houses
    """,
    "NaN in the answer": f"""
        import numpy as np
        class patient:
            {_RESET}
            def act(self, observations): return np.full((observations.num_games, 3), np.nan)
    """,
    "a house off the ring": f"""
        from bucket_brigade.agents import actions
        class patient:
            {_RESET}
            def act(self, observations): return actions(observations.night * 4, 1)
    """,
    "a word that is not there": f"""
        class patient:
            {_RESET}
            def act(self, observations): return observations.words(32)
    """,
    "a function that returns only a house": """
        from bucket_brigade.agents import one_game

        @one_game
        def patient(game): return game.home
    """,
}
"""The module ``my_plugin.agents`` of the agent ``patient``, which claims ``native=False``."""

COMMANDS = {
    "a hook that raises": """
        @hookimpl
        def register_commands(cli):
            raise RuntimeError("halfway")
    """,
    "a name that is taken": """
        @hookimpl
        def register_commands(cli):
            @cli.command()
            def play(): print("mine")
    """,
    "a callback for everything": """
        @hookimpl
        def register_commands(cli):
            @cli.callback()
            def before(): print("mine")
    """,
}
"""Plugins that load, and whose commands cannot be added."""
