"""An export that is interrupted, at any point and in any way, leaves what was there, bit for bit."""

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from media import MEDIA, contents

import emviz

OPTIONS = {"size": (320, 180), "steps": [0, 1, 2], "seconds_per_step": 0.1, "hold": 0.1}


@pytest.fixture(scope="module")
def trace() -> emviz.Trace:
    return emviz.run(emviz.BinomialMixture(2, 10), [5, 9, 8, 4, 7], rng=0, max_iterations=2)


@pytest.fixture
def target(tmp_path, trace, medium):
    """A file, or a folder of frames, of an earlier export."""
    save, file = MEDIA[medium]
    return save(trace, tmp_path / file, size=(320, 180), steps=[4])


@contextmanager
def stumbling(monkeypatch, at: int, accident):
    """accident() happens when a scene is to show a state for the time number `at`; counts the times."""
    move, times = emviz.scenes.Scene.move, []

    def stumble(self, step):
        times.append(step)
        if len(times) == at:
            accident()
        return move(self, step)

    with monkeypatch.context() as patch:
        patch.setattr(emviz.scenes.Scene, "move", stumble)
        yield times


def no_ink():
    raise RuntimeError("no ink")


def control_c():
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(("accident", "error"), [(no_ink, RuntimeError), (control_c, KeyboardInterrupt)])
@pytest.mark.parametrize("medium", MEDIA)
def test_an_accident_at_any_state_that_is_drawn(monkeypatch, tmp_path, trace, target, medium, accident, error):
    before, (save, _) = contents(tmp_path), MEDIA[medium]
    survived = 0
    while True:
        with stumbling(monkeypatch, survived + 1, accident) as times:
            try:
                save(trace, target, **OPTIONS)
            except error:
                survived += 1
                assert contents(tmp_path) == before
                continue
        break
    assert len(times) == survived >= 3  # every state that was shown has been a place to stumble over
    assert contents(tmp_path) != before


@contextmanager
def file_size_limit(length: int):
    """Files cannot grow beyond `length` bytes, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("medium", MEDIA)
def test_a_full_disk(tmp_path, trace, target, medium):
    before, (save, file) = contents(tmp_path), MEDIA[medium]
    (tmp_path / "whole").mkdir()
    whole = save(trace, tmp_path / "whole" / file, **OPTIONS)
    longest = max(map(len, contents(tmp_path / "whole").values()))
    before = contents(tmp_path)
    for length in (0, 100, longest // 2, longest - 1):
        with file_size_limit(length), pytest.raises((OSError, RuntimeError)):
            save(trace, target, **OPTIONS)
        assert contents(tmp_path) == before, length
    with file_size_limit(4 * longest):  # an encoder may need some room besides
        save(trace, target, **OPTIONS)
    assert [*contents(target.parent).values()][-1] == [*contents(whole.parent).values()][-1]


KILLED = """
import os, signal, sys
sys.path.append({tests!r})
import emviz
from media import MEDIA
folder = sys.argv[1]
trace = emviz.run(emviz.BinomialMixture(2, 10), [5, 9, 8, 4, 7], rng=0, max_iterations=2)
move, times = emviz.scenes.Scene.move, []

def stumble(self, step):
    times.append(step)
    if len(times) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return move(self, step)

for name, (save, file) in MEDIA.items():
    os.mkdir(f"{{folder}}/{{name}}")
    save(trace, f"{{folder}}/{{name}}/{{file}}", size=(320, 180), steps=[4])
emviz.scenes.Scene.move = stumble
for name, (save, file) in MEDIA.items():
    if not os.fork():
        save(trace, f"{{folder}}/{{name}}/{{file}}", size=(320, 180), steps=[0, 1, 2, 3, 4])
        os._exit(0)
    print(name, os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_a_process_that_is_killed(tmp_path, trace):
    script = KILLED.format(tests=os.path.dirname(__file__))
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=120,
                          env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})
    assert done.stdout.split() == [word for name in MEDIA for word in (name, str(-signal.SIGKILL))], done.stderr
    for name, (save, file) in MEDIA.items():
        (tmp_path / "again" / name).mkdir(parents=True)
        again = save(trace, tmp_path / "again" / name / file, size=(320, 180), steps=[4])
        left = {place: data for place, data in contents(tmp_path / name).items() if not place.startswith(".")}
        assert left == contents(again.parent), name


def test_control_c_in_a_shell_reaches_the_encoder_too(tmp_path):
    """The signal goes to the whole group of processes; nothing of it is left, neither a file nor a process."""
    (tmp_path / "run.mp4").write_bytes(b"what was there")
    code = ("import sys, emviz; t = emviz.run(emviz.KMeans(3), emviz.datasets.blobs(200), rng=0); "
            "print('begun', flush=True); emviz.save_mp4(t, sys.argv[1], steps=[0, 1, 2] * 400)")
    running = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "run.mp4")], start_new_session=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout.readline() == "begun\n"
    until = time.monotonic() + 30
    while len(os.listdir(tmp_path)) == 1 and time.monotonic() < until:
        time.sleep(0.05)
    assert len(os.listdir(tmp_path)) == 2  # the encoder has begun a file beside
    os.killpg(running.pid, signal.SIGINT)
    _, told = running.communicate(timeout=30)
    assert told.rstrip().endswith("KeyboardInterrupt")
    assert contents(tmp_path) == {"run.mp4": b"what was there"}
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)
