/** Of Dormouse, as package.json has it. `npm run release` sets it. */
export const version = "0.1.0"
