"""The demo with its past behind it, played once: whoever changes something in it opens a copy."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.config import Settings
from bot.demo.organisation import Organisation
from bot.demo.run import Demo

SETTINGS: Final = Settings.model_validate({"sandbox_port": 0})


def demo_in(folder: Path, organisation: Organisation | None = None) -> Demo:
    """A demo that keeps its files in this folder; with others there, it goes on from them."""
    return Demo(SETTINGS, workspace=folder / "sandbox.db", registry=folder / "rowbot.db", organisation=organisation)


async def open_and_close(demo: Demo) -> None:
    """Let it play its past, unless that is there."""
    try:
        await demo.open()
    finally:
        await demo.close()


@dataclass(frozen=True)
class PlayedPast:
    """A first start of the demo that ships, closed again."""

    folder: Path
    demo: Demo
    progress: list[float]

    def copy(self, folder: Path) -> Demo:
        """A demo that goes on from there, with files of its own."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return demo_in(folder)


def play(folder: Path) -> PlayedPast:
    """Play it: this takes some seconds."""
    progress: list[float] = []
    demo = Demo(SETTINGS, workspace=folder / "sandbox.db", registry=folder / "rowbot.db", progress=progress.append)
    asyncio.run(open_and_close(demo))
    return PlayedPast(folder, demo, progress)
