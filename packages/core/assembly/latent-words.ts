/** How the kernels read the words of a plan of a latent tree: see `planWords` in `src/kernels/latent-plan.ts`. */
import { at } from "./lanes";

/** Places in the head of a plan. */
export const WIDTH = 0, LATENTS = 1, STRIDE = 2, GROUPS = 3, NODES = 4, PRIOR = 5, GROUPS_AT = 6, MEMBERS_AT = 7;
export const NODES_AT = 8, COUNT_LENGTH = 9;

/** Places in the record of a group, and how long it is. */
export const STATES = 0, FILLED = 1, TABLE = 2, SUMS = 3, FIRST_MEMBER = 4, MEMBERS = 5, CODE = 6, WEIGHT = 7;
export const PANELS = 8, MESSAGES = 9, PAIRS = 10, GROUP_RECORD = 11;

/** Of a member of a group. */
export const KIND = 0, SOURCE = 1, CHOICES = 2, TARGET = 3, MEMBER_RECORD = 4;

/** Of a node. */
export const PARENT = 0, FIRST = 1, NODE_GROUP = 2, NODE_GROUPS = 3, CHILDLESS = 4, NODE_WEIGHT = 5, NODE_PANELS = 6;
export const NODE_PAIRS = 7, NODE_RECORD = 8;

@inline
export function word(record: usize, place: i32): i32 {
  return load<i32>(record + ((<usize>place) << 2));
}
@inline
export function groupAt(plan: usize, group: i32): usize {
  return at<i32>(plan, word(plan, GROUPS_AT) + group * GROUP_RECORD);
}
@inline
export function nodeAt(plan: usize, node: i32): usize {
  return at<i32>(plan, word(plan, NODES_AT) + node * NODE_RECORD);
}

/** Which row of a member's values each code of its group stands for. */
@inline
export function choicesOf(plan: usize, member: usize): usize {
  return at<i32>(plan, word(member, CHOICES));
}

/** Where the codes of a group are among those of a row. */
@inline
export function placeOf(group: usize): usize {
  return 2 * <usize>word(group, CODE);
}
