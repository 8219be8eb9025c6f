// Texts with less contrast to what is behind them than WCAG 2.2 asks for at level AA (1.4.3), as a list.
(() => {
  const numbers = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = numbers(color).map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((numbers(color)[3] ?? 1) === 1) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
  const elements = [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility() && hasText(element));
  const faint = elements.flatMap((element) => {
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const [light, dark] = [luminance(color), luminance(behind(element))].sort((one, other) => other - one);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    return ratio < (isLarge ? 3 : 4.5) ? [`${element.tagName} “${element.textContent.trim().slice(0, 30)}” ${ratio.toFixed(2)}`] : [];
  });
  return { looked: elements.length, faint };
})()
