import { holdsText } from '../../control/alerts/words.ts';
import { formatDuration } from '../../kit/duration.ts';
import { alertRules } from '../../spec/alert-rules.ts';
import type { AlertRule } from '../../spec/alert-rules.ts';
import { isOwnService } from '../../spec/own-services.ts';
import type { Spec } from '../../spec/spec.ts';
import { alertExpression } from './alert-expression.ts';
import { plainText, select } from './promql.ts';

/** The project's alerts as rules of Prometheus, and one that none of the others can be without: that somebody looks. */
export function alertRulesFile(spec: Spec): object {
  const rules = alertRules(spec.alerts, {
    services: Object.keys(spec.services).filter((name) => !isOwnService(name)),
    databases: Object.values(spec.databases)
      .filter(({ url }) => url === null)
      .map(({ name }) => name),
  });
  return {
    groups: [
      {
        name: `tidegate-${spec.name}`,
        rules: [
          {
            alert: 'TidegateDown',
            expr: `${select('up', { job: `tidegate-${spec.name}` })} == 0`,
            for: '1m',
            labels: plain({ project: spec.name }),
            annotations: {
              summary: plainText(`${spec.name}: its control plane does not answer`),
              description: 'Traffic goes on; nothing is scaled, replaced or watched meanwhile.',
            },
          },
          ...rules.flatMap((rule) => ruleOf(rule, spec)),
        ],
      },
    ],
  };
}

// Private

function ruleOf(rule: AlertRule, spec: Spec): object[] {
  const expr = alertExpression(rule, spec);
  if (expr === null) return [];
  const { kind, subject, signal, forMs, id } = rule;
  return [
    {
      alert: `Tidegate${capitalised(kind)}${capitalised(signal)}`,
      expr,
      ...(forMs > 0 ? { for: formatDuration(forMs) } : {}),
      labels: plain({ project: spec.name, [kind]: subject, condition: id }),
      annotations: {
        summary: plainText(holdsText(rule, null, 0)),
        description: `${plainText(id)}: {{ $value }}`,
      },
    },
  ];
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** Labels are templates, too. */
function plain(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).map(([label, value]) => [label, plainText(value)]),
  );
}
