package box

import "errors"

// Unavailable says that this machine cannot hold a kernel world, and what would make it able to. Commands end with exit
// code 3 on it.
type Unavailable struct {
	What   string // "user namespaces are switched off (kernel.unprivileged_userns_clone=0)"
	Remedy string // "sudo sysctl -w kernel.unprivileged_userns_clone=1, or run with sudo"
	Err    error  // the system's own error, if there was one
	// Driver says that this kernel lacks something that the capsule's has.
	Driver bool
}

// Error is what is missing; the remedy is for those who show it apart.
func (u *Unavailable) Error() string {
	if u.Err == nil {
		return u.What
	}
	return u.What + ": " + u.Err.Error()
}

// Unwrap is the system's own error.
func (u *Unavailable) Unwrap() error { return u.Err }

// failure is how an error travels between processes.
type failure struct {
	Text   string `json:"error,omitempty"`
	What   string `json:"what,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	Driver bool   `json:"driver,omitempty"`
}

func failureOf(err error) failure {
	var u *Unavailable
	switch {
	case errors.As(err, &u):
		f := failure{What: u.What, Remedy: u.Remedy, Driver: u.Driver}
		if u.Err != nil {
			f.Text = u.Err.Error()
		}
		return f
	case err != nil:
		return failure{Text: err.Error()}
	}
	return failure{}
}

func (f failure) err() error {
	var cause error
	if f.Text != "" {
		cause = errors.New(f.Text)
	}
	if f.What != "" {
		return &Unavailable{What: f.What, Remedy: f.Remedy, Driver: f.Driver, Err: cause}
	}
	return cause
}
