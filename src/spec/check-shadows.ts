import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { ScaleSpec } from './spec.ts';

/** Each shadow is a policy of its own, and has what it needs. */
export function checkShadows(
  { policy, shadow, slo }: ScaleSpec,
  path: Path,
  report: Report,
  isDefault: boolean,
): void {
  for (const [index, each] of shadow.entries()) {
    const at = [...path, 'shadow', index];
    if (each === policy) {
      const which = isDefault ? 'scale.policy, the default' : 'scale.policy';
      report(at, `must be another policy than the live one (${which})`, {
        dependsOn: [[...path, 'policy'], at],
      });
    } else if (shadow.indexOf(each) < index) report(at, 'must be named once');
  }
  if (shadow.includes('slo') && slo === null && policy !== 'slo')
    report([...path, 'slo'], "is missing: the shadow 'slo' needs { latency: '300ms' }");
}
