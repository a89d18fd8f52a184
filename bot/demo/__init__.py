"""The sandbox with a demo organisation and Rowbot inside: what `make run` opens. The only place that brings the two together."""

from bot.demo.run import run_demo

__all__ = ["run_demo"]
