// Fills the table of orders from the API-like JSON file beside this page.
const table = document.querySelector('#orders tbody');
const note = document.querySelector('#orders-note');
const money = new Intl.NumberFormat(document.documentElement.lang, { style: 'currency', currency: 'EUR' });

function cell(text, className) {
  const element = document.createElement('td');
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function row(order) {
  const element = document.createElement('tr');
  element.append(
    cell(order.id),
    cell(order.product),
    cell(order.country),
    cell(String(order.quantity), 'number'),
    cell(money.format(order.price), 'number'),
  );
  return element;
}

async function load() {
  const response = await fetch('/api/orders.json', { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const { orders } = await response.json();
  table.replaceChildren(...orders.map(row));
  const total = orders.reduce((sum, order) => sum + order.quantity * order.price, 0);
  note.textContent = `${orders.length} orders, ${money.format(total)} in all.`;
}

load().catch((error) => {
  note.textContent = `The orders could not be loaded: ${error.message}.`;
});
