// Checks a public log with the packages that Go checks its own modules with: golang.org/x/mod/sumdb.
// Only the paths of tiles and the lines of a checkpoint are ours, since x/mod writes both another way.
//
//	check FOLDER EVERY     each file checkpoint and checkpoint.SIZE; EVERY: all entries of each
//	check FOLDER receipt RECEIPT ENTRY
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder string

func (f folder) Height() int                          { return 8 }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}

// witness is a cosignature's verifier: the note package knows signatures of logs only.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(w.key, append([]byte(head), msg...), sig[8:])
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

// verifiers reads the keys of policy.txt.
func verifiers(dir string) (note.Verifiers, int) {
	text, err := os.ReadFile(filepath.Join(dir, "policy.txt"))
	fail(err)
	var list []note.Verifier
	for _, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		if len(words) > 1 && words[0] == "log" {
			verifier, err := note.NewVerifier(words[1])
			fail(err)
			list = append(list, verifier)
		}
		if len(words) > 2 && words[0] == "witness" {
			parts := strings.SplitN(words[2], "+", 3)
			hash, err := strconv.ParseUint(parts[1], 16, 32)
			fail(err)
			key, err := base64.StdEncoding.DecodeString(parts[2])
			fail(err)
			if len(key) != 33 || key[0] != 4 {
				fail(errors.New("not a witness's key"))
			}
			list = append(list, witness{parts[0], uint32(hash), key[1:]})
		}
	}
	return note.VerifierList(list...), len(list)
}

func tree(bytes []byte, known note.Verifiers, wanted int) (tlog.Tree, error) {
	opened, err := note.Open(bytes, known)
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(opened.Sigs) != wanted {
		return tlog.Tree{}, fmt.Errorf("%d of %d signatures", len(opened.Sigs), wanted)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tlog.Tree{}, errors.New("not three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: hash}, err
}

// entries reads the bundles of a log of this size.
func entries(dir string, size int64) ([][]byte, error) {
	var all [][]byte
	for first := int64(0); first < size; first += 256 {
		path := fmt.Sprintf("tile/entries/%03d", first/256)
		width := size - first
		if width < 256 {
			path += fmt.Sprintf(".p/%d", width)
		} else {
			width = 256
		}
		bytes, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return nil, err
		}
		for ; width > 0; width-- {
			if len(bytes) < 2 || len(bytes)-2 < int(binary.BigEndian.Uint16(bytes)) {
				return nil, errors.New(path + " is cut short")
			}
			end := 2 + int(binary.BigEndian.Uint16(bytes))
			all = append(all, bytes[2:end])
			bytes = bytes[end:]
		}
		if len(bytes) != 0 {
			return nil, errors.New(path + " is longer")
		}
	}
	return all, nil
}

func checkTree(dir string, now tlog.Tree, every bool) error {
	list, err := entries(dir, now.N)
	if err != nil {
		return err
	}
	if now.N == 0 {
		empty, err := tlog.TreeHash(0, nil)
		if err == nil && empty != now.Hash && now.Hash.String() != "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" {
			return errors.New("the root of nothing is another")
		}
		return nil
	}
	reader := tlog.TileHashReader(now, folder(dir))
	for i := int64(0); i < now.N; i++ {
		if !every && i != 0 && i != now.N/2 && i != now.N-1 {
			continue
		}
		proof, err := tlog.ProveRecord(now.N, i, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, now.N, now.Hash, i, tlog.RecordHash(list[i])); err != nil {
			return err
		}
	}
	return nil
}

func checkReceipt(known note.Verifiers, wanted int, receipt, entry string) error {
	bytes, err := os.ReadFile(receipt)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(entry)
	if err != nil {
		return err
	}
	head, checkpoint, _ := strings.Cut(string(bytes), "\n\n")
	now, err := tree([]byte(checkpoint), known, wanted)
	if err != nil {
		return err
	}
	lines := strings.Split(head, "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a receipt")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	return tlog.CheckRecord(proof, now.N, now.Hash, index, tlog.RecordHash(content))
}

func main() {
	dir := os.Args[1]
	known, wanted := verifiers(dir)
	if len(os.Args) == 5 {
		fail(checkReceipt(known, wanted, os.Args[3], os.Args[4]))
		fmt.Println("accepted: the receipt")
		return
	}
	paths, err := filepath.Glob(filepath.Join(dir, "checkpoint*"))
	fail(err)
	trees := map[int64]tlog.Tree{}
	var last tlog.Tree
	for _, path := range paths {
		bytes, err := os.ReadFile(path)
		fail(err)
		now, err := tree(bytes, known, wanted)
		fail(err)
		trees[now.N] = now
		if now.N > last.N {
			last = now
		}
	}
	for _, now := range trees {
		fail(checkTree(dir, now, os.Args[2] == "every" || now.N == last.N))
		if now.N > 0 && now.N < last.N {
			reader := tlog.TileHashReader(last, folder(dir))
			proof, err := tlog.ProveTree(last.N, now.N, reader)
			fail(err)
			fail(tlog.CheckTree(proof, last.N, last.Hash, now.N, now.Hash))
		}
	}
	fmt.Printf("accepted: %d checkpoints, %d entries\n", len(trees), last.N)
}
