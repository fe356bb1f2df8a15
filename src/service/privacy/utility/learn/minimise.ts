/** Writes the gradient at `point` into `gradient` and returns the value. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

const memory = 10;

/** The least point of a smooth convex function that `iterations` steps reach: limited-memory BFGS (Nocedal and Wright, algorithm 7.5). */
export function minimise(objective: Objective, start: Float64Array, iterations: number): Float64Array {
  let here = evaluate(objective, start);
  const steps: Step[] = [];
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const next = lineSearch(objective, here, descent(here.gradient, steps), steps.length === 0);
    if (!next) {
      break;
    }
    const moved = along(next.point, here.point, -1);
    const turned = along(next.gradient, here.gradient, -1);
    const curvature = dot(moved, turned);
    if (curvature > 1e-12) {
      steps.push({ moved, turned, curvature });
      if (steps.length > memory) {
        steps.shift();
      }
    }
    here = next;
  }
  return here.point;
}

interface Place {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

interface Step {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  readonly curvature: number;
}

function evaluate(objective: Objective, point: Float64Array): Place {
  const gradient = new Float64Array(point.length);
  const value = objective(point, gradient);
  return { point, gradient, value };
}

/** The first of ever shorter steps that goes down far enough (Armijo), or undefined at the bottom. */
function lineSearch(
  objective: Objective,
  here: Place,
  direction: Float64Array,
  first: boolean,
): Place | undefined {
  const slope = dot(direction, here.gradient);
  const length = Math.sqrt(dot(here.gradient, here.gradient));
  if (slope >= 0 || length < 1e-6 * Math.max(1, Math.abs(here.value))) {
    return undefined;
  }
  // Only the first step does not know how far to go.
  let step = first ? Math.min(1, 1 / length) : 1;
  for (let halved = 0; halved < 30; halved += 1) {
    const next = evaluate(objective, along(here.point, direction, step));
    if (next.value <= here.value + 1e-4 * step * slope) {
      return next;
    }
    step /= 2;
  }
  return undefined;
}

function descent(gradient: Float64Array, steps: readonly Step[]): Float64Array {
  let direction: Float64Array = gradient.map((coordinate) => -coordinate);
  const factors: number[] = [];
  for (const { moved, turned, curvature } of steps.toReversed()) {
    const factor = dot(moved, direction) / curvature;
    factors.push(factor);
    direction = along(direction, turned, -factor);
  }
  const last = steps.at(-1);
  if (last) {
    const scale = last.curvature / dot(last.turned, last.turned);
    direction = direction.map((coordinate) => coordinate * scale);
  }
  for (const { moved, turned, curvature } of steps) {
    const back = dot(turned, direction) / curvature;
    direction = along(direction, moved, factors.pop()! - back);
  }
  return direction;
}

function along(point: Float64Array, direction: Float64Array, step: number): Float64Array {
  return point.map((coordinate, index) => coordinate + step * direction[index]!);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) {
    sum += a[index]! * b[index]!;
  }
  return sum;
}
