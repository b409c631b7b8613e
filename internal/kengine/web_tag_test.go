package kengine

import (
	"fmt"
	"strings"
	"testing"
)

func TestTagPages(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		s.walk([]step{
			{"none", "manager", false, "/ja/console/kengine/tag", nil, 200, []string{"製品はまだ登録されていません", "製品を登録"}, ""},
			{"none for a reader", "reader", false, "/en/console/kengine/tag", nil, 200, []string{"No products are listed yet", "!Add a product"}, ""},
			{"form", "analyst", false, "/en/console/kengine/tag/new", nil, 200, []string{`name="vendor"`, "Mission"}, ""},
			{"form of a reader", "reader", false, "/en/console/kengine/tag/new", nil, 403, nil, ""},
			{"nothing named", "analyst", true, "/en/console/kengine/tag/new", []string{"owner", "team A"}, 422, []string{"Name a product, a vendor", `value="team A"`}, ""},
			{"a bad CPE name", "analyst", true, "/ja/console/kengine/tag/preview", []string{"cpe", "cpe:nonsense"}, 422, []string{"CPE名ではありません"}, ""},
			{"preview", "analyst", true, "/en/console/kengine/tag/preview", []string{"vendor", "cisco", "active", "true"}, 200, []string{"It would match", "nothing is saved yet", "matches Cisco", `value="cisco"`}, ""},
			{"a fact that is none", "analyst", true, "/en/console/kengine/tag/new", []string{"vendor", "cisco", "fact.ssvc:MWI:1.0.0", "Q"}, 422, []string{"is not a value of"}, ""},
			{"add", "analyst", true, "/ja/console/kengine/tag/new", []string{"vendor", "cisco", "name", "基幹", "criticality", "high", "exposure", "open", "active", "true"}, 200, []string{"製品タグを保存しました", "基幹"}, "tag.create"},
		})
		if err := s.DecideAll(t.Context(), "org1"); err != nil {
			t.Fatal(err)
		}
		page, err := s.Tags(t.Context(), s.manager, Query{})
		if err != nil || len(page.Items) != 1 || page.Items[0].Reports == 0 {
			t.Fatalf("tags: %+v, %v", page.Items, err)
		}
		tag := page.Items[0]
		s.vars = strings.NewReplacer("{id}", tag.ID, "{version}", fmt.Sprint(tag.Version), "{later}", fmt.Sprint(tag.Version+1))
		s.walk([]step{
			{"list", "reader", false, "/ja/console/kengine/tag?q=criticality%3Ahigh", nil, 200, []string{"基幹", "高い", "インターネット"}, ""},
			{"nothing matches", "reader", false, "/en/console/kengine/tag?q=criticality%3Alow", nil, 200, []string{"No product matches"}, ""},
			{"tag", "reader", false, "/en/console/kengine/tag/{id}", nil, 200, []string{"matching report", "Why it matches", "!Delete the product tag"}, ""},
			{"tag of another organisation", "stranger", false, "/en/console/kengine/tag/{id}", nil, 404, nil, ""},
			{"change", "analyst", true, "/en/console/kengine/tag/{id}", []string{"vendor", "cisco", "name", "Core", "version", "{version}", "fact.ssvc:MWI:1.0.0", "L"}, 200, []string{"The product tag was saved", "Core"}, "tag.update"},
			{"change an old version", "analyst", true, "/en/console/kengine/tag/{id}", []string{"vendor", "cisco", "version", "{version}"}, 409, []string{"Somebody changed this product tag"}, ""},
			{"preview of a change", "analyst", true, "/en/console/kengine/tag/{id}/preview", []string{"vendor", "nobody at all"}, 200, []string{"It would match 0 reports", "No report matches"}, ""},
			{"delete an old version", "analyst", true, "/en/console/kengine/tag/{id}/delete", []string{"version", "{version}"}, 409, nil, ""},
			{"delete", "analyst", true, "/en/console/kengine/tag/{id}/delete", []string{"version", "{later}"}, 200, []string{"was deleted"}, "tag.delete"},
		})
	})
}

func TestTagFilesByThePage(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		sbom := `{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"components":[
			{"type":"library","name":"openssl","version":"3.0.1","purl":"pkg:generic/openssl@3.0.1"},{"type":"library","name":""}]}`
		s.get("analyst", "/ja/console/kengine/tag/import").wants(t, "form", 200, "SBOM", `type="file"`)
		s.upload("reader", "/ja/console/kengine/tag/import", "bom.json", []byte(sbom), "kind", "sbom").wants(t, "as a reader", 403)
		s.upload("analyst", "/en/console/kengine/tag/import", "bom.json", []byte("nothing of the kind"), "kind", "sbom").wants(t, "no document", 422)
		s.upload("analyst", "/en/console/kengine/tag/import", "bom.json", []byte(sbom), "kind", "sbom", "name", "Shop", "criticality", "medium", "exposure", "open").
			wants(t, "take", 200, "1 product was read from CycloneDX", "1 new")
		s.audited("take", "tag.import")
		s.get("analyst", "/en/console/kengine/tag?q=origin%3AShop").wants(t, "list", 200, "openssl", "Medium")
		s.upload("analyst", "/en/console/kengine/tag/import", "bom.json", []byte(sbom), "kind", "sbom", "name", "Shop").wants(t, "again", 200, "0 new", "1 unchanged")
		csv := s.get("analyst", "/en/console/kengine/tag/export?format=csv").wants(t, "export", 200, "openssl").body
		s.upload("analyst", "/en/console/kengine/tag/import", "tags.csv", []byte("colour\nred\n"), "kind", "csv").wants(t, "a column that is none", 422, "colour")
		if !strings.HasPrefix(csv, "id,name,vendor,product,cpe,purl,release") {
			t.Errorf("export = %.100s", csv)
		}
	})
}

func TestSetPages(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		s.walk([]step{
			{"none", "analyst", false, "/ja/console/kengine/set", nil, 200, []string{"既定値セットはまだありません"}, ""},
			{"form", "analyst", false, "/en/console/kengine/set/new", nil, 200, []string{"cwe, kind, product, vendor"}, ""},
			{"without facts", "analyst", true, "/ja/console/kengine/set/new", []string{"name", "x", "condition", "word"}, 422, []string{"入力してください"}, ""},
			{"as a reader", "reader", true, "/ja/console/kengine/set/new", []string{"name", "x"}, 403, nil, ""},
			{"add", "analyst", true, "/en/console/kengine/set/new", []string{"name", "Quiet", "justification", "few people use it", "fact.ssvc:MWI:1.0.0", "L"}, 200, []string{"The default set was saved", "Quiet", "Always", "few people use it"}, "set.create"},
			{"add another", "analyst", true, "/en/console/kengine/set/new", []string{"name", "Loud", "condition", "vendor:cisco", "fact.ssvc:MWI:1.0.0", "H"}, 200, []string{"Loud", "vendor:cisco", "High"}, "set.create"},
		})
		sets, err := s.Sets(t.Context(), s.manager)
		if err != nil || len(sets) != 2 {
			t.Fatalf("sets: %v, %v", sets, err)
		}
		s.vars = strings.NewReplacer("{quiet}", sets[0].ID, "{loud}", sets[1].ID, "{version}", fmt.Sprint(sets[1].Version))
		s.walk([]step{
			{"up", "analyst", true, "/en/console/kengine/set/{loud}/up", nil, 200, []string{"The order was changed"}, "set.order"},
			{"edit", "analyst", false, "/en/console/kengine/set/{loud}", nil, 200, []string{`value="vendor:cisco"`, `value="H" selected`}, ""},
			{"change", "analyst", true, "/ja/console/kengine/set/{loud}", []string{"name", "大きい", "version", "{version}", "fact.ssvc:MWI:1.0.0", "M"}, 200, []string{"既定値セットを保存しました", "大きい"}, "set.update"},
			{"change an old version", "analyst", true, "/ja/console/kengine/set/{loud}", []string{"name", "x", "version", "{version}", "fact.ssvc:MWI:1.0.0", "M"}, 409, nil, ""},
			{"of another organisation", "stranger", false, "/en/console/kengine/set/{loud}", nil, 404, nil, ""},
			{"up of another organisation", "stranger", true, "/en/console/kengine/set/{loud}/up", nil, 404, nil, ""},
			{"delete", "analyst", true, "/en/console/kengine/set/{quiet}/delete", []string{"version", "1"}, 200, []string{"was deleted", "!Quiet"}, "set.delete"},
		})
		if sets, err = s.Sets(t.Context(), s.manager); err != nil || len(sets) != 1 || sets[0].Name != "大きい" {
			t.Errorf("afterwards: %+v, %v", sets, err)
		}
	})
}

func TestPolicyPage(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		order := SourceClasses()
		order[0], order[1] = order[1], order[0]
		form := []string{"unmatched", "close", "version", "0"}
		for _, class := range order {
			form = append(form, "sources", class)
		}
		twice := append([]string{"sources", order[0]}, form...)
		s.walk([]step{
			{"page", "manager", false, "/ja/console/kengine/policy", nil, 200, []string{"情報源の優先順位", "自組織の分析者", `name="sources"`}, ""},
			{"page of a reader", "reader", false, "/en/console/kengine/policy", nil, 200, []string{"Our analysts", `!name="sources"`}, ""},
			{"as an analyst", "analyst", true, "/en/console/kengine/policy", form, 403, nil, ""},
			{"one twice", "manager", true, "/en/console/kengine/policy", twice, 422, []string{"is named twice"}, ""},
			{"save", "manager", true, "/ja/console/kengine/policy", form, 200, []string{"優先順位を保存しました"}, "policy.set"},
			{"save an old version", "manager", true, "/ja/console/kengine/policy", form, 409, nil, ""},
		})
		p, err := s.Policy(t.Context(), s.manager)
		if err != nil || p.Sources[0] != order[0] || p.Unmatched != UnmatchedClose {
			t.Errorf("policy = %+v, %v", p, err)
		}
		s.get("manager", "/en/console/kengine").wants(t, "work list", 200, "All reports are being decided again")
	})
}
