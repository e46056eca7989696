"""A worker of the dialogue: Rasa's server as `rasa run` starts it, on loopback, with the internal channel
only, without the imports of the command line (training, tests, evaluation).
"""

from __future__ import annotations

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

    configure_logging_and_warnings(logging.INFO)
    configure_structlog(logging.INFO)
    config = settings()
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    if endpoints.action is not None and config.given("actions_port"):
        endpoints.action.url = f"{config.actions_url}/webhook"
    rasa.core.run.serve_application(
        model_path=model,
        credentials=str(ROOT / "credentials.yml"),
        endpoints=endpoints,
        interface="127.0.0.1",
        port=port,
        enable_api=False,
        server_listeners=[(_check_model, "after_server_start")],
    )
    # Everything is stored; taking TensorFlow and the rest apart piece by piece would only cost seconds.
    logging.shutdown()
    os._exit(0)
