"""What all streams of the media process share."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.reports.triage import Rules
from transcription.live import Recognizers
from transcription.media.journal import Journal

T = TypeVar("T")


@dataclass
class House:
    """rules: of triage, by language. stopping: the process ends, streams are handed back."""

    runtime: Runtime
    recognizers: Recognizers
    journal: Journal
    rules: Mapping[str, Rules]
    stopping: bool = False
    open: int = field(default=0)

    async def do(self, work: Callable[[Session], T]) -> T:
        """Do `work` in one transaction, in a thread. Raises what it raises, and SQLAlchemyError."""

        def whole() -> T:
            with self.runtime.database.transaction() as session:
                return work(session)

        return await asyncio.to_thread(whole)
