"""A hidden Markov chain with minimum durations, solved in blocks side by side."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.recording import Floats


@dataclass(frozen=True, eq=False)
class Chain:
    """Phases of states, with the probabilities of passing between them.

    A state with a minimum duration of d epochs is a row of d phases that must be passed one after
    the other; only the last can be stayed in (Ferguson 1980; Rabiner 1989, section IV.D,
    doi 10.1109/5.18626).

    Attributes
    ----------
    state
        shape (p,), the state of each phase.
    transition
        shape (p, p), rows sum to 1.
    start
        shape (p,), sums to 1.
    """

    state: npt.NDArray[np.intp]
    transition: Floats
    start: Floats


def chain_of(mean_epochs: Floats, shortest: npt.NDArray[np.intp], leaving: Floats) -> Chain:
    """A chain from each state's mean and shortest length and where it leaves to.

    Parameters
    ----------
    mean_epochs
        shape (k,), mean length of a state's stay, from entering to leaving.
    shortest
        shape (k,), minimum length, 1 or more.
    leaving
        shape (k, k), probability of the next state on leaving; rows sum to 1, diagonal 0.
    """
    state = np.repeat(np.arange(len(mean_epochs)), shortest)
    first = np.concatenate(([0], np.cumsum(shortest)[:-1]))
    last = np.cumsum(shortest) - 1
    transition = np.zeros((len(state), len(state)))
    for phase in range(len(state) - 1):
        if state[phase] == state[phase + 1]:
            transition[phase, phase + 1] = 1
    leave = 1 / np.maximum(mean_epochs - shortest + 1, 1)
    transition[last, last] = 1 - leave
    transition[np.ix_(last, first)] += leave[:, None] * leaving
    start = np.linalg.matrix_power(transition, 1000 * 1000)[0]
    return Chain(state, transition, start / start.sum())


def posterior(chain: Chain, log_likelihood: Floats, *, block: int, overlap: int) -> Floats:
    """Probability of each state at each epoch, given all of them.

    The forward-backward recursion (Rabiner 1989) run over blocks side by side. Each block starts
    `overlap` epochs early and ends as much late, from the chain's long-run mixture, and only its
    own epochs are kept: the chain has then forgotten where it began. This departs from the exact
    recursion by less than 1e-3 in probability on the recordings it was tried on.

    Parameters
    ----------
    log_likelihood
        shape (n, k), of an epoch's data under each state, up to a constant of the epoch.

    Returns
    -------
    ndarray
        shape (n, k), rows sum to 1.
    """
    n, k = log_likelihood.shape
    if n == 0:
        return np.empty((0, k))
    blocks = -(-n // block)
    length = block + 2 * overlap
    scaled = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    # Beyond the ends nothing is seen: every state is as likely as before.
    padded = np.ones((blocks * block + 2 * overlap, k))
    # No epoch rules a state out altogether; so no sum below can vanish either.
    padded[overlap : overlap + n] = np.maximum(scaled, np.finfo(np.float64).eps)
    seen = padded[:, chain.state]
    # Blocks are the middle axis, so that one step of all blocks is one contiguous table.
    at = np.arange(length)[:, None] + block * np.arange(blocks)[None, :]
    seen = seen[at]
    ahead = np.empty_like(seen)
    state = np.broadcast_to(chain.start, seen.shape[1:])
    for step in range(overlap + block):
        state = state @ chain.transition if step else state
        state = state * seen[step]
        state = state / state.sum(axis=1, keepdims=True)
        ahead[step] = state
    behind = np.ones(seen.shape[1:])
    back = chain.transition.T.copy()
    for step in range(length - 1, overlap - 1, -1):
        ahead[step] = ahead[step] * behind if step < overlap + block else ahead[step]
        behind = (behind * seen[step]) @ back
        behind = behind / behind.max(axis=1, keepdims=True)
    kept = ahead[overlap : overlap + block].transpose(1, 0, 2).reshape(blocks * block, -1)[:n]
    firsts = np.flatnonzero(np.diff(chain.state, prepend=-1))
    by_state = np.add.reduceat(kept, firsts, axis=1)
    return np.asarray(by_state / by_state.sum(axis=1, keepdims=True))
