import { IsString, IsUUID } from 'class-validator';

/** Why a flow may not do what its administrator means, by code. */
export type ProblemCode =
  /** Nobody can pass the flow, or the sub-flow that everybody has to pass. */
  | 'cannot_succeed'
  | 'unsupported_required'
  | 'conditional_without_condition'
  | 'alternative_beside_required'
  | 'condition_outside_conditional'
  /** Only steps that a user has to have set up, and none at which it can be set up. */
  | 'cannot_be_set_up'
  /** The step is for a user, and stands before the one that says who it is. */
  | 'user_not_known_yet'
  | 'unknown_sub_flow'
  /** A condition about levels of authentication without one, or with something else in its place: it is taken for 0. */
  | 'level_missing'
  | 'level_unreadable'
  /** A sub-flow of a level comes after one of a higher level. */
  | 'level_out_of_order';

/** Something in a flow to look at before it is used. */
export interface FlowProblem {
  code: ProblemCode;
  /** `error`: somebody, or everybody, cannot sign in; `warning`: a part of the flow has no effect. */
  severity: 'error' | 'warning';
  /** Id of the execution, where one is meant and not the whole flow. */
  execution?: string;
  /** Of the step or flow. */
  name: string;
  message: string;
}

/** Errors: `not_found` "Could not find flow with id". */
export class FindProblems {
  @IsUUID() realmId: string;
  /** Or alias. */
  @IsString() id: string;
}
