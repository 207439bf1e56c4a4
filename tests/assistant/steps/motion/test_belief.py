from __future__ import annotations

import numpy as np

from assistant.geometry import Similarity
from assistant.steps.motion.belief import as_marked


def pose(dx: float, dy: float, turn_deg: float, scale: float) -> np.ndarray:
    return Similarity(
        dx_px=dx, dy_px=dy, rotation_deg=turn_deg, scale=scale, centre_px=(100.0, 80.0)
    ).current_from_reference()


def test_the_four_numbers_of_a_pose_and_back():
    belief = as_marked((100.0, 80.0), 0.4).taken(pose(3.0, -2.0, 1.5, 1.02), np.eye(4))
    assert np.allclose(belief.mean, [3.0, -2.0, np.deg2rad(1.5), np.log(1.02)])
    assert np.allclose(belief.pose(), pose(3.0, -2.0, 1.5, 1.02))


def test_time_widens_what_is_known_and_brings_turn_and_scale_back():
    sure = np.diag([0.01, 0.01, 1e-8, 1e-10])
    known = as_marked((100.0, 80.0), 0.4).taken(pose(1.0, 0.0, 0.5, 1.002), sure)
    soon, late = known.later(0.1), known.later(60.0)
    assert 0.5 < np.sqrt(soon.covariance[0, 0]) * 0.4 < 1.0  # mm: a breath's way in a tenth of a second
    assert np.rad2deg(np.sqrt(soon.covariance[2, 2])) < 0.12
    assert np.allclose(late.mean[2:], 0.0, atol=1e-6)
    assert np.sqrt(late.covariance[3, 3]) < 0.003  # never more than physics allows


def test_where_the_table_has_moved_the_scale_may_have_changed_too():
    near, far = (as_marked((100.0, 80.0), 0.4).taken(pose(d, 0.0, 0.0, 1.0), np.eye(4)) for d in (2.0, 40.0))
    assert far.later(60.0).covariance[3, 3] > 10 * near.later(60.0).covariance[3, 3]
    there = near.anywhere_from(pose(40.0, 0.0, 0.0, 1.0), 60.0)
    assert np.allclose(there.covariance[2:, 2:], far.later(60.0).covariance[2:, 2:])


def test_what_has_opened_is_the_new_usual():
    opened = as_marked((100.0, 80.0), 0.4).taken(pose(0.0, 0.0, 2.0, 1.05), np.eye(4), opened=True)
    assert np.allclose(opened.later(60.0).mean[2:], [np.deg2rad(2.0), np.log(1.05)])


def test_looked_for_at_another_place_it_has_the_turn_and_scale_that_it_is_believed_to_have():
    known = as_marked((100.0, 80.0), 0.4).taken(pose(0.0, 0.0, 1.0, 1.0), np.diag([0.01, 0.01, 1e-8, 1e-10]))
    there = pose(9.0, 4.0, -7.0, 1.1)
    soon, late = known.anywhere_from(there, 0.1), known.anywhere_from(there, 60.0)
    assert np.allclose(soon.mean[2:], known.later(0.1).mean[2:])
    assert np.rad2deg(np.sqrt(soon.covariance[2, 2])) < 0.15
    assert np.allclose(late.pose(), pose(9.0, 4.0, 0.0, 1.0), atol=1e-4)
