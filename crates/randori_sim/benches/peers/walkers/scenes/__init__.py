"""Scenes without a policy: constant commands, many contacts or many joints."""

from .boxes import BOXES
from .hand import HAND
from .omni import OMNI

SCENES = {scene.name: scene for scene in (HAND, OMNI, BOXES)}
