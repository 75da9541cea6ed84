export * from './document.js';
export { type ReadOnnxOptions, readOnnx } from './read.js';
export { writeOnnx } from './write.js';
