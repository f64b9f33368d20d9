"""`python -m fuzz.feed TARGET FILE OPTION… FOLDER`: one target under atheris, until an input breaks a promise.

That input goes into the file. `python -m fuzz` starts this; options and folder are libFuzzer's.
"""

import sys
from importlib import import_module
from pathlib import Path

_WATCHED = ("adapters", "bridge", "config", "tomllib")  # where atheris counts which branches an input reached


def main() -> None:
    """Feed the target that the command line names; libFuzzer ends the process itself."""
    atheris = import_module("atheris")  # not by `import`: it has no types, and need not be installed
    name, found, *options = sys.argv[1:]
    with atheris.instrument_imports(include=list(_WATCHED)):
        target = import_module("fuzz.targets").TARGETS[name]

    def eat(content: bytes) -> None:
        """Keep the input ourselves: how an exception ends libFuzzer, it does not always come to do so."""
        try:
            target(content)
        except BaseException:
            Path(found).write_bytes(content)
            raise

    atheris.Setup([sys.argv[0], f"-exact_artifact_path={found}", *options], eat)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
