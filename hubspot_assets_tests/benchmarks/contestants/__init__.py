"""Who reads: each contestant is a command, run by `measuring`, and knows what it wrote.

One file for each; those of the floor, dlt and HubSpot's SDK are programs too, run as processes of their own.
"""

from .contestant import Contestant, Job, Output
from .dlt_pipeline import DltPipeline
from .export import Discover, Export, ExportEverything
from .floor import Floor
from .hubspot_sdk import HubSpotSdk
from .own_work import OwnWork
from .tap import TapHubSpot

__all__ = [
    "Contestant",
    "Discover",
    "DltPipeline",
    "Export",
    "ExportEverything",
    "Floor",
    "HubSpotSdk",
    "Job",
    "Output",
    "OwnWork",
    "TapHubSpot",
]
