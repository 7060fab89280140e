"""When things are due, in the connection's own time zone."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from kloppend.sync.choices import Choices


def file_is_due(choices: Choices, at: datetime) -> bool:
    """Whether the day's file may be made at this moment; that there is one a day at most is for the records to say."""
    return at.astimezone(ZoneInfo(choices.time_zone)).time() >= time.fromisoformat(choices.file_time)
