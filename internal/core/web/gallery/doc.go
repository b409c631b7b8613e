// Package gallery is the page that shows each shared component in each state, on
// made-up data. Accessibility checks and pictures are taken of it, and people who
// write pages look here first.
package gallery
