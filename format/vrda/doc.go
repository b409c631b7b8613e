// Package vrda reads and writes vulnerability data for response decision assistance.
//
// The VRDA feed that was distributed until 2016 was an Atom feed in Japanese and English whose
// entries linked XML of this shape (the children of FactAnalysis and the second namespace are not
// publicly known):
//
//	VrdaData
//	  VrdaDataProvider VrdaDataSourceType
//	  Vulinfo
//	    VulinfoID
//	    VulinfoData
//	      Title VulinfoDescription Affected FactAnalysis …
//
// Read takes such documents tolerantly: any namespace, any order, unknown elements are kept in
// Extra, and every leaf below FactAnalysis becomes a Fact. It does not claim to know the original
// schema. Write gives a profile of our own with the namespace Namespace:
//
//	VrdaData      @version="1.0" @xml:lang
//	  VrdaDataProvider      @id @name @url
//	  VrdaDataSourceType    advisory or other
//	  Vulinfo
//	    VulinfoID           the number, as CVE-2026-0001
//	    VulinfoRevision     a counter from 1: provider, number and revision are the identity
//	    VulinfoData
//	      Title
//	      VulinfoDescription / Overview
//	      Affected / AffectedItem*      @affectedstatus
//	        Name ProductName Cpe* Purl* VersionNumber*
//	      FactAnalysis / Fact*          @namespace @key @version @source @evidence @observed
//	        Value*                      @label; none means that nothing is known
//	      Related / RelatedItem*        URL, @type @title
//	      DatePublic DateFirstPublished DateLastUpdated      UTC, RFC 3339
//
// Only facts that hold for the whole world belong into such a document; what an organisation knows
// about itself does not. Feed wraps documents into Atom entries, whose categories are the affected
// products, as in the original feed.
package vrda
