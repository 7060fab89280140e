"""Posting to books that answer: one invoice at a time, every one exactly once. Read `post.py` first.

    intended --commit `sending`, claim checked--> POST --Accepted--> confirmed
        ^                                          |--NotSent--> intended (or unclear, if it was sent before)
        |                                          |--Rejected--> rejected: invoice void, order refused
        |                                          `--Unclear, or we died--> unclear: looked up, adopted, or sent again
        `--nothing found twice by a proved look-up, or a person says that it is not there--'

Credit notes go the same way, on the debtor of their invoice (`credit_intents.py`).

What is `intended` has provably not gone out; whatever may have gone out is `sending` or `unclear`, and never void.
"""

from kloppend.sync.posting.afterwards import check_afterwards
from kloppend.sync.posting.attaching import attach_pdfs
from kloppend.sync.posting.desk import Desk
from kloppend.sync.posting.post import post

__all__ = ["Desk", "attach_pdfs", "check_afterwards", "post"]
