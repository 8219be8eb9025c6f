// Shows what the filters in front of the function decided about this visitor's request.
const list = document.querySelector('#decisions');

function row(name, value) {
  const term = document.createElement('dt');
  const detail = document.createElement('dd');
  term.textContent = name;
  detail.textContent = Array.isArray(value) ? value.join(', ') : String(value);
  return [term, detail];
}

async function show() {
  const response = await fetch('/geo', { headers: { accept: 'application/json' } });
  if (!response.ok) {
    list.replaceChildren(...row('status', response.status));
    return;
  }
  const decisions = await response.json();
  const rows = Object.entries(decisions.headers).flatMap(([name, value]) => row(name, value));
  list.replaceChildren(...rows);
}

show().catch((error) => list.replaceChildren(...row('error', error.message)));
