// Returns what is wrong with the layout of the open page, in words. See Layout.cs.
() => {
    const LEAST_TARGET = 48; // gloves
    const SLACK = 1.5;       // rounding, and the overhang of italics and accents
    const found = [];
    // For screen readers only.
    const clipped = e => e && (e.matches('.skip') || getComputedStyle(e).clipPath === 'inset(50%)' || clipped(e.parentElement));
    const visible = e => e.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true }) && !clipped(e);
    const name = e => {
        const text = (e.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 50);
        return `<${e.localName}${e.id ? ' #' + e.id : ''}${e.className.baseVal === undefined && e.className ? ' .' + e.className : ''}> "${text}"`;
    };

    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide > 0) found.push(`the page scrolls sideways by ${wide} px`);
    for (const e of document.querySelectorAll('body *')) {
        if (!visible(e)) continue;
        const style = getComputedStyle(e);
        if (e.scrollWidth > e.clientWidth + SLACK && ['auto', 'scroll', 'hidden', 'clip'].includes(style.overflowX) && e.clientWidth > 1)
            found.push(`${name(e)} hides ${e.scrollWidth - e.clientWidth} px of its width`);
        if (e.scrollHeight > e.clientHeight + SLACK && ['hidden', 'clip'].includes(style.overflowY) && e.clientHeight > 1 && e.localName !== 'svg')
            found.push(`${name(e)} hides ${e.scrollHeight - e.clientHeight} px of its height`);
    }

    for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
        if (!visible(e)) continue;
        // A radio button lies under its label, which can be pressed, too.
        const box = (e.type === 'radio' ? e.closest('label') : e).getBoundingClientRect();
        if (box.width < LEAST_TARGET - 0.5 || box.height < LEAST_TARGET - 0.5)
            found.push(`${name(e)} is a target of ${Math.round(box.width)} x ${Math.round(box.height)} px; least is ${LEAST_TARGET}`);
    }

    // Each line of text, with the box that it must not leave.
    const FRAMES = '.card, .button, .socket, td, th, .tile, .note, .chip, .rail a, .steps li, label, .head, main, .settings';
    const lines = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        const parent = node.parentElement;
        if (!node.data.trim() || !visible(parent) || ['SCRIPT', 'STYLE', 'OPTION', 'TEXTAREA'].includes(parent.tagName)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const fixed = !!parent.closest('.rail');
        for (const box of range.getClientRects())
            if (box.width > 1) lines.push({ box, node, parent, fixed });
    }
    for (const { box, parent } of lines) {
        if (box.left < -SLACK || box.right > innerWidth + SLACK) found.push(`text leaves the screen: ${name(parent)}`);
        const frame = parent.closest(FRAMES)?.getBoundingClientRect();
        if (frame && (box.left < frame.left - SLACK || box.right > frame.right + SLACK || box.top < frame.top - 4 || box.bottom > frame.bottom + 4))
            found.push(`text leaves its box: ${name(parent)}`);
    }
    // A word in the middle of which a line ends; codes and addresses may.
    const LONGEST_WORD = 20;
    for (const { node, parent } of lines) {
        if (parent.closest('.data, code')) continue;
        for (const { 0: word, index } of node.data.matchAll(/[\p{L}\p{N}]+/gu)) {
            if (word.length > LONGEST_WORD) continue;
            const range = document.createRange();
            // The hyphen of a division that the word allows belongs to the line before.
            range.setStart(node, node.data[index - 1] === '\u00ad' ? index + 1 : index);
            range.setEnd(node, index + word.length);
            const tops = new Set([...range.getClientRects()].filter(box => box.width > 1).map(box => Math.round(box.top)));
            if (tops.size > 1) found.push(`the word "${word}" is broken: ${name(parent)}`);
        }
    }
    // Line boxes are taller than letters: only the middle of each counts.
    const middle = b => ({ left: b.left + SLACK, right: b.right - SLACK, top: b.top + b.height * 0.25, bottom: b.bottom - b.height * 0.25 });
    for (let i = 0; i < lines.length; i++) {
        const a = middle(lines[i].box);
        for (let j = i + 1; j < lines.length; j++) {
            if (lines[i].node === lines[j].node || lines[i].fixed !== lines[j].fixed) continue;
            const b = middle(lines[j].box);
            if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
                found.push(`text lies on text: ${name(lines[i].parent)} and ${name(lines[j].parent)}`);
        }
    }
    return [...new Set(found)];
}
