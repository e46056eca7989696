"""Is there a product on the photo at all, or a cat, a landscape, a screenshot, a wall?

detector = Detector.load(folder)
refused = detector.refuses(look.features)
"""

from vision.nothing.detector import Detector, DetectorError

__all__ = ["Detector", "DetectorError"]
