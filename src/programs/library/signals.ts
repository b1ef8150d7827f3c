/**
 * What an AbortSignal stops.
 */

/**
 * Who hears a signal. Many calls may share one: Node warns of a leak when more than ten listen to it, so the signal
 * has one listener for all of them.
 */
const heard = new WeakMap<AbortSignal, { readonly callbacks: Set<() => void>; readonly listener: () => void }>()

const hear = (signal: AbortSignal): Set<() => void> => {
  const known = heard.get(signal)
  if (known !== undefined) return known.callbacks
  const callbacks = new Set<() => void>()
  const listener = () => {
    heard.delete(signal)
    for (const callback of callbacks) callback()
  }
  heard.set(signal, { callbacks, listener })
  signal.addEventListener("abort", listener, { once: true })
  return callbacks
}

/** Calls `abort` when the signal aborts, or at once if it has, until the returned function is called. */
export const onAbort = (signal: AbortSignal | undefined, abort: () => void): () => void => {
  if (signal === undefined) return () => {}
  if (signal.aborted) {
    abort()
    return () => {}
  }
  const callback = () => abort()
  const callbacks = hear(signal)
  callbacks.add(callback)
  return () => {
    callbacks.delete(callback)
    const entry = heard.get(signal)
    if (callbacks.size > 0 || entry?.callbacks !== callbacks) return
    heard.delete(signal)
    signal.removeEventListener("abort", entry.listener)
  }
}
