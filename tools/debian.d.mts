/** The path of a program, if PATH has it. */
export function onPath(program: string): string | undefined;
