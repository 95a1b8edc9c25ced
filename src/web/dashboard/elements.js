/** An HTML element with attributes and children; text is always text, never markup. */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function vector(tag, attributes = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/** Touches the page only where something changed, so that a selection and a screen reader are left in peace. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Pairs of a name and a value for a `dl`; `update` takes the values in the same order. */
export function numbers(node, names) {
  const values = names.map((name) => {
    const value = element('dd');
    node.append(element('div', {}, element('dt', {}, name), value));
    return value;
  });
  return (texts) => {
    for (const [index, text] of texts.entries()) setText(values[index], text);
  };
}

// Private

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
