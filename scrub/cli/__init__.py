"""The command ``skyscrub``: one module a command."""
