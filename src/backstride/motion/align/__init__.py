"""Several recordings of one session on one clock."""

from backstride.motion.align.join import Joined, joined
from backstride.motion.align.offset import Offset, offset_between
from backstride.motion.align.signal import StepSignal, step_signal

__all__ = ["Joined", "Offset", "StepSignal", "joined", "offset_between", "step_signal"]
