import math
from randori_policy import run


def act(observation):
    x, y, yaw = observation["odometry"]["pose"] or (0.0, 0.0, 0.0)
    away = math.hypot(6.0 - x, 1.0 - y)
    turn = math.remainder(math.atan2(1.0 - y, 6.0 - x) - yaw, math.tau)
    speed = 10.0 * min(away, 1.0) * max(math.cos(turn), 0.0) if away > 0.1 else 0.0
    swing = 5.0 * turn if away > 0.1 else 0.0
    return {"left": speed - swing, "right": speed + swing}


run(act)
