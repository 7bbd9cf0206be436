/**
 * The two-sided p value of the Mann-Whitney U test: how likely two samples differ as much as these by chance, when they come from
 * one distribution. Normal approximation with correction for ties and for continuity, good from about 20 values each.
 * It compares ranks, so a few slow answers, which every machine has, count for no more than they are.
 * Source: Mann, Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other", 1947;
 * ties: Lehmann, "Nonparametrics", 1.4.
 */
export function mannWhitneyP(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((value) => ({ value, first: true })), ...other.map((value) => ({ value, first: false }))]
  all.sort((a, b) => a.value - b.value)
  const n = all.length
  let rankSum = 0
  let ties = 0
  for (let from = 0; from < n; ) {
    let to = from
    while (to < n && all[to]!.value === all[from]!.value) to += 1
    // Equal values share the mean of their ranks, which count from 1.
    const rank = (from + 1 + to) / 2
    for (let at = from; at < to; at += 1) if (all[at]!.first) rankSum += rank
    ties += (to - from) ** 3 - (to - from)
    from = to
  }
  const u = rankSum - (one.length * (one.length + 1)) / 2
  const mean = (one.length * other.length) / 2
  const deviation = Math.sqrt(((one.length * other.length) / 12) * (n + 1 - ties / (n * (n - 1))))
  const z = Math.max(0, Math.abs(u - mean) - 0.5) / deviation
  return Number.isNaN(z) ? 1 : 2 * upperTail(z)
}

/** The normal distribution above z ≥ 0, within 7.5e-8. Source: Abramowitz, Stegun, "Handbook of Mathematical Functions", 26.2.17. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial
}
