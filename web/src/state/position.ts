/** The address of a place on the map. */
export const positionQuery = (lon: number, lat: number): Record<string, string> => ({ at: `17/${lat.toFixed(6)}/${lon.toFixed(6)}` })
