// A witness (c2sp.org/tlog-witness) of Go's own packages: net/http, crypto/ed25519, and for notes and
// proofs those that Go checks its own modules with. It shares nothing with ours, and keeps what it has
// seen in memory only: begun again, it knows nothing.
//
//	witness NAME LOG_VKEY PORT     prints its vkey, then "listening on port PORT"; 0: any
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const kindCosignature = 4

type witness struct {
	name   string
	secret ed25519.PrivateKey
	log    note.Verifier
	lock   sync.Mutex
	seen   tlog.Tree
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (w *witness) id() []byte {
	public := w.secret.Public().(ed25519.PublicKey)
	sum := sha256.Sum256([]byte(w.name + "\n" + string([]byte{kindCosignature}) + string(public)))
	return sum[:4]
}

func (w *witness) vkey() string {
	public := append([]byte{kindCosignature}, w.secret.Public().(ed25519.PublicKey)...)
	return fmt.Sprintf("%s+%x+%s", w.name, w.id(), base64.StdEncoding.EncodeToString(public))
}

func (w *witness) cosign(text string) string {
	now := uint64(time.Now().Unix())
	signed := ed25519.Sign(w.secret, []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", now, text)))
	blob := binary.BigEndian.AppendUint64(w.id(), now)
	return fmt.Sprintf("\u2014 %s %s\n", w.name,
		base64.StdEncoding.EncodeToString(append(blob, signed...)))
}

// asked reads the old size, the proof and the note of a request.
func asked(body []byte) (int64, tlog.TreeProof, []byte, bool) {
	head, rest, found := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	if !found || err != nil || !strings.HasPrefix(lines[0], "old ") || len(lines) > 64 {
		return 0, nil, nil, false
	}
	var proof tlog.TreeProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return 0, nil, nil, false
		}
		proof = append(proof, hash)
	}
	return old, proof, rest, true
}

func treeOf(text string) (tlog.Tree, bool) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return tlog.Tree{}, false
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, false
	}
	hash, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: hash}, err == nil
}

// add is the protocol's table of answers, in its order.
func (w *witness) add(body []byte) (int, string, string) {
	old, proof, signed, ok := asked(body)
	if !ok {
		return 400, "", "not a request\n"
	}
	if origin, _, _ := strings.Cut(string(signed), "\n"); origin != w.log.Name() {
		return 404, "", "unknown log\n"
	}
	opened, err := note.Open(signed, note.VerifierList(w.log))
	if err != nil {
		return 403, "", err.Error() + "\n"
	}
	now, ok := treeOf(opened.Text)
	if !ok || old > now.N {
		return 400, "", "not a checkpoint of that size\n"
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	if old != w.seen.N {
		return 409, "text/x.tlog.size", fmt.Sprintf("%d\n", w.seen.N)
	}
	if old == 0 && len(proof) > 0 {
		return 422, "", "a proof from nothing\n"
	}
	if old > 0 {
		if err := tlog.CheckTree(proof, now.N, now.Hash, old, w.seen.Hash); err != nil {
			return 422, "", err.Error() + "\n"
		}
	}
	w.seen = now
	return 200, "", w.cosign(opened.Text)
}

func (w *witness) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(io.LimitReader(request.Body, 1<<20))
	status, kind, text := 404, "", "no such page\n"
	if request.Method == "POST" && request.URL.Path == "/add-checkpoint" && err == nil {
		status, kind, text = w.add(body)
	}
	if kind != "" {
		answer.Header().Set("Content-Type", kind)
	}
	answer.WriteHeader(status)
	_, _ = answer.Write([]byte(text))
	fmt.Println("answered", status)
}

func main() {
	log, err := note.NewVerifier(os.Args[2])
	fail(err)
	seed := sha256.Sum256([]byte(os.Args[1])) // the same key under the same name
	w := &witness{name: os.Args[1], secret: ed25519.NewKeyFromSeed(seed[:]), log: log}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[3])
	fail(err)
	fmt.Println(w.vkey())
	fmt.Println("listening on port", listener.Addr().(*net.TCPAddr).Port)
	fail(http.Serve(listener, w))
}
