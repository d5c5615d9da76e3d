import type { Theme } from 'vitepress';
// The fonts of the system: nothing to load, and no text that moves when a font arrives.
import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';

const theme: Theme = DefaultTheme;

export default theme;
