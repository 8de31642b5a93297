"""Widgets without a page to move them: what a kernel and nbclient would keep of them.

A widget's display is a MIME bundle that names its model; the models themselves are not kept. But
nbclient plays the part of the page for `Output`: what is printed within one belongs to the widget
and not to the cell. This holds for `interact` too.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from .recorder import Recorder


def install(shell: Any) -> None:
    """Make comms, which connect a widget with its page, ours. They need not be installed."""
    # libraries ask whether there is a kernel; `Output` asks it for the request that is being served
    shell.kernel = SimpleNamespace(get_parent=lambda: {"header": {"msg_id": "cell"}})
    try:
        import comm
        from comm.base_comm import BaseComm
    except ImportError:
        return

    class Comm(BaseComm):
        def publish_msg(self, msg_type: str, data: Any = None, *_: Any, **__: Any) -> None:
            state = (data or {}).get("state", {})
            recorder: Recorder = shell.recorder
            if msg_type == "comm_open" and state.get("_model_name") == "OutputModel":
                self.is_output = True
            elif getattr(self, "is_output", False) and "msg_id" in state:
                if state["msg_id"]:
                    recorder.redirect(self)
                else:
                    recorder.restore(self)

    comm.create_comm = Comm
    shell.kernel.comm_manager = comm.get_comm_manager()


def tell(comm: Any, outputs: list[dict[str, Any]]) -> None:
    """Let an `Output` know what it holds, as its page would once the cell has ended."""
    state = {"outputs": outputs}
    message = {"method": "update", "state": state, "buffer_paths": []}
    try:
        comm.handle_msg({"content": {"data": message}, "buffers": []})
    except Exception as error:  # a student's own observer
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
