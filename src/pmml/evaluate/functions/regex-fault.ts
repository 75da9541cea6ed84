/** Why a pattern was not compiled, or a match given up. */
export class RegexFault {
  constructor(readonly reason: string) {}
}
