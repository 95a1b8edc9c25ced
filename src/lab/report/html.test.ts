import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { html } from './html.ts';

test('inserted text is escaped, in elements as in attributes, and markup of ours is not', () => {
  const name = `<img src=x onerror="alert('1')">&`;
  assert.equal(
    html`<b title="${name}">${name}</b>${html`<i>${1}</i>`}${null}${[html`<u></u>`, 'a<']}`.markup,
    '<b title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">' +
      '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</b><i>1</i><u></u>a&lt;',
  );
});

test('whatever the text is, it brings no markup, no control code and nothing that turns the text around', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('<', '>', '"', "'", '&', '\0', '\u202e', '\ud800', 'a'),
  });
  fc.assert(
    fc.property(hostile, (text) => {
      const { markup } = html`${text}`;
      assert.doesNotMatch(markup, /[<>"'\0\u202e]|&(?!amp;|lt;|gt;|quot;|#39;)/);
      assert.ok(markup.isWellFormed());
    }),
  );
});
