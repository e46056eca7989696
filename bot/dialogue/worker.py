"""A worker of the dialogue: Rasa's server as `rasa run` starts it, on loopback, with the internal channel
only, without the imports of the command line (training, tests, evaluation).
"""

from __future__ import annotations

import functools
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from bot.dialogue import without_tensorflow
from bot.settings import ROOT, settings

NO_MODEL = 3  # exit code


async def _check_model(app: Any, loop: Any) -> None:
    # Rasa would go on without a model and answer nobody.
    if not app.ctx.agent.is_ready():
        print(
            "The dialogue model cannot be used with this version. Train it again:  python -m bot train",
            flush=True,
        )
        logging.shutdown()
        os._exit(NO_MODEL)


async def _put_in_ours(store: Any, app: Any, loop: Any) -> None:
    from bot.dialogue.graph_runner import DirectGraphRunner

    agent = app.ctx.agent
    # Rasa puts a store around ours that answers for a dead database with an empty conversation in memory: the
    # customer's state would be lost without a word, and mixed up when the database is back. Ours raises.
    agent.tracker_store = agent.processor.tracker_store = store
    agent.processor.graph_runner = DirectGraphRunner.of(agent.processor.graph_runner)


def main(model: str, port: int) -> None:
    """Serve until stopped."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    warnings.filterwarnings("ignore")
    sys.path.insert(0, str(ROOT))
    without_tensorflow.leave_out_tensorflow(Path(model))
    import rasa.core.run
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    from bot.dialogue import patches
    from bot.dialogue.action_endpoint import KeptEndpoint
    from bot.dialogue.tracker_store import ShopTrackerStore

    configure_logging_and_warnings(logging.INFO)
    configure_structlog(logging.INFO)
    patches.apply()
    config = settings()
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    if endpoints.action is not None:
        endpoints.action = KeptEndpoint.of(endpoints.action)
        if config.given("actions_port"):
            endpoints.action.url = f"{config.actions_url}/webhook"
    endpoints.tracker_store = store = ShopTrackerStore()
    rasa.core.run.serve_application(
        model_path=model,
        credentials=str(ROOT / "credentials.yml"),
        endpoints=endpoints,
        interface="127.0.0.1",
        port=port,
        enable_api=False,
        server_listeners=[
            (_check_model, "after_server_start"),
            (functools.partial(_put_in_ours, store), "after_server_start"),
        ],
    )
    # Everything is stored; taking TensorFlow and the rest apart piece by piece would only cost seconds.
    logging.shutdown()
    os._exit(0)
