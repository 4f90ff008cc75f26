//! What columns are taken for, in small files and in real ones.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use outspoken::source::{self, InputFile, roles};

use super::file;

/// What the columns of a small file are taken for: `column=role` each, and the measures with their labels.
fn roles_of(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let shape = source::inspect(&file(folder.path(), "a.csv", text.as_bytes())).unwrap();
    let found = match roles::find(&shape) {
        Ok(found) => found,
        Err(error) => return format!("{error} | {}", error.found().unwrap_or_default()).rsplit_once(": ").unwrap().1.to_owned(),
    };
    assert_eq!(found.choices.len(), shape.header.len());
    assert!(found.choices.iter().all(|choice| !choice.why.is_empty()));
    assert_eq!(format!("{:?}", roles::find(&shape).unwrap().choices), format!("{:?}", found.choices));
    found.choices.iter().map(|choice| format!("{}={}", choice.column, choice.role)).collect::<Vec<_>>().join("; ")
}

fn check_roles(text: &str, expected: &str) {
    assert_eq!(roles_of(text), expected, "{text}");
}

#[test]
fn roles_of_small_files() {
    check_roles("comment\nGood\nBad\n", "comment=verbatim");
    check_roles("id,comment\n1,Good service\n2,Bad\n", "id=id; comment=verbatim");
    check_roles(
        "id,date,nps,comment\n1,2026-07-01,9,Good\n2,2026-07-02,3,Bad\n3,2026-07-02,10,Great\n",
        "id=id; date=received_at; nps=score nps 0-10; comment=verbatim",
    );
    check_roles(
        "Response ID,Date,Account,Acct No,Overall satisfaction,Q3 Billing,Likelihood to recommend,What should we improve?\nR-1,07/14/2026,Acme,77,5,4,9,Billing is slow\nR-2,07/15/2026,Acme,77,1,2,2,Nothing\nR-3,07/16/2026,Beta,78,4,5,10,Answer the phone\n",
        "Response ID=id; Date=received_at; Account=account_name; Acct No=account_id; Overall satisfaction=score csat 1-5; Q3 Billing=score rating 1-5; Likelihood to recommend=score nps 0-10; What should we improve?=verbatim",
    );
    check_roles(
        "ticket_id,created_at,customer_email,customer_phone,subject,description,channel,priority\nT-1,2026-07-01T10:00:00Z,a@x.org,+1 555 010 0000,Late parcel,My parcel is late again,email,high\nT-2,2026-07-01T11:00:00Z,b@x.org,+1 555 010 0001,Refund,I want a refund for the broken lamp,phone,low\n",
        "ticket_id=id; created_at=received_at; customer_email=contact_email; customer_phone=contact_phone; subject=verbatim; description=verbatim; channel=channel; priority=left out",
    );
    check_roles(
        "Survey,Overall Satisfaction,Ease of use,Comments\nS1,Totally satisfied,Very easy,Good\nS2,Totally dissatisfied,Very difficult,Bad\nS3,Somewhat satisfied,Easy,Fine so far\n",
        "Survey=left out; Overall Satisfaction=score csat 5 words; Ease of use=score ces 5 words; Comments=verbatim",
    );
    check_roles(
        "review,stars,recommended,helpful_votes,label\nNice place to stay,5,1,3,pos\nDirty room,1,0,0,neg\nFine,3,1,12,pos\n",
        "review=verbatim; stars=score rating 1-5; recommended=left out; helpful_votes=left out; label=left out",
    );
    check_roles(
        "ResponseId,RecordedDate,Wave,Segment,Callback requested,May we share your comments?,Hotline,Hotline note,Verbatim\nR_1,2026-07-01 10:00:00,2026-Q3,Enterprise,Yes,Anonymous,1,angry about price,Too dear\nR_2,2026-07-02 10:00:00,2026-Q3,SMB,No,Named,0,,All fine\n",
        "ResponseId=id; RecordedDate=received_at; Wave=wave; Segment=segment; Callback requested=callback_requested; May we share your comments?=share_consent; Hotline=hotline_flag; Hotline note=hotline_note; Verbatim=verbatim",
    );
    check_roles("id,age,label\n1,20,a\n2,30,b\n", "no column with open text found | id, age, label");
    check_roles(
        "date_sent,completed,visit_date,feedback\n2026-07-01,2026-07-03,2026-06-30,Good\n2026-07-01,2026-07-04,2026-06-29,Bad\n",
        "date_sent=sent_at; completed=received_at; visit_date=experience_at; feedback=verbatim",
    );
    check_roles(
        "Name,Job title,Company,Annual revenue,Rating (1-10),Why?\nAnn,Buyer,Acme,10000,7,Slow\nBob,CFO,Beta,20000,8,Fast and friendly\n",
        "Name=contact_name; Job title=contact_title; Company=account_name; Annual revenue=account_value; Rating (1-10)=score rating 1-10; Why?=verbatim",
    );
    check_roles(
        "when,what happened\n2026-07-01,The lift was broken again\n2026-07-02,Nobody answered the phone\n",
        "when=received_at; what happened=verbatim",
    );
    check_roles(
        "Id,ProductId,UserId,ProfileName,HelpfulnessNumerator,HelpfulnessDenominator,Score,Time,Summary,Text\n1,B001,A3,delmartian,1,1,5,1303862400,Good dog food,I have bought several cans\n2,B002,A1,dll pa,0,5,1,1346976000,Not as advertised,Product arrived labeled as jumbo\n3,B003,A2,Natalia,1,3,4,1219017600,Delight says it all,This is a confection\n",
        "Id=id; ProductId=left out; UserId=contact_id; ProfileName=contact_name; HelpfulnessNumerator=left out; HelpfulnessDenominator=left out; Score=score rating 1-5; Time=received_at; Summary=verbatim; Text=verbatim",
    );
    check_roles(
        "review_id,user_id,business_id,stars,useful,funny,cool,text,date\nr1,u1,b1,5,1,0,5,Lovely place to eat,2018-07-07 22:09:11\nr2,u2,b1,1,5,2,0,Cold food and rude staff,2018-07-08 22:09:11\nr3,u3,b2,3,0,1,2,It was fine,2018-07-09 22:09:11\n",
        "review_id=id; user_id=contact_id; business_id=left out; stars=score rating 1-5; useful=left out; funny=left out; cool=left out; text=verbatim; date=received_at",
    );
    check_roles(
        "reviewId,userName,content,score,thumbsUpCount,reviewCreatedVersion,at,replyContent,repliedAt\na,Ann,Crashes all the time,1,5,4.1.0,2026-07-01 10:00:00,Hi Ann sorry to hear that,2026-07-02 10:00:00\nb,Bob,Works well for me,5,0,4.1.0,2026-07-01 11:00:00,,\nc,Cy,ok app,4,1,,2026-07-01 12:00:00,Thank you for your feedback,2026-07-02 11:00:00\n",
        "reviewId=id; userName=contact_name; content=verbatim; score=score rating 1-5; thumbsUpCount=left out; reviewCreatedVersion=left out; at=received_at; replyContent=left out; repliedAt=left out",
    );
    check_roles(
        "Respondent ID,End Date,How likely is it that you would recommend us to a friend?,What is the main reason for your score?,\"Overall, how satisfied were you with the time it took?\",Billing,Delivery,Price\n11,2026-07-01,9,Fast,5,4,5,5\n12,2026-07-02,4,Too slow,2,1,2,1\n13,2026-07-03,10,Great people,4,5,3,2\n",
        "Respondent ID=id; End Date=received_at; How likely is it that you would recommend us to a friend?=score nps 0-10; What is the main reason for your score?=verbatim; Overall, how satisfied were you with the time it took?=score csat 1-5; Billing=score rating 1-5; Delivery=score rating 1-5; Price=score rating 1-5",
    );
    check_roles(
        "text,compound,confidence score\nI love it,0.83,0.9\nI hate it,-0.5,0.7\n",
        "text=verbatim; compound=left out; confidence score=left out",
    );
    check_roles(
        "tweet_id,airline_sentiment,airline_sentiment_confidence,airline,name,retweet_count,text,tweet_coord,tweet_created,tweet_location,user_timezone\n570306133677760513,neutral,1.0,Virgin,cairdin,0,@airline What was said there.,\"[40.7, -74.0]\",2015-02-24 11:35:52 -0800,New York City,Eastern Time (US & Canada)\n570301130888122368,positive,0.3486,Virgin,jnardino,0,@airline plus you added more,,2015-02-24 11:15:59 -0800,San Francisco CA,Pacific Time (US & Canada)\n",
        "tweet_id=id; airline_sentiment=left out; airline_sentiment_confidence=left out; airline=product; name=contact_name; retweet_count=left out; text=verbatim; tweet_coord=left out; tweet_created=received_at; tweet_location=left out; user_timezone=left out",
    );
    check_roles(
        "Hotel_Address,Review_Date,Average_Score,Hotel_Name,Reviewer_Nationality,Negative_Review,Review_Total_Negative_Word_Counts,Positive_Review,Reviewer_Score,Tags,days_since_review,lat\ns Gravesandestraat 55 Oost Amsterdam,8/3/2017,7.7,Hotel Arena,Russia,I am so angry that I made this post,397,Only the park outside was beautiful,2.9,\"[' Leisure trip ', ' Couple ']\",0 days,52.36\ns Gravesandestraat 55 Oost Amsterdam,8/31/2017,7.7,Hotel Arena,Ireland,No Negative,0,No real complaints the hotel was great,7.5,\"[' Leisure trip ']\",3 days,52.36\n",
        "Hotel_Address=left out; Review_Date=received_at; Average_Score=left out; Hotel_Name=product; Reviewer_Nationality=left out; Negative_Review=verbatim; Review_Total_Negative_Word_Counts=left out; Positive_Review=verbatim; Reviewer_Score=score rating 1-10; Tags=left out; days_since_review=left out; lat=left out",
    );
    check_roles(
        "reviewerID,asin,reviewerName,vote,reviewText,overall,summary,unixReviewTime,reviewTime\nA1,B1,Ann,2,Works as it should,5.0,Good,1393545600,\"02 28, 2014\"\nA2,B1,Bob,,Broke after a week,1.0,Bad buy,1363392000,\"03 16, 2013\"\n",
        "reviewerID=contact_id; asin=left out; reviewerName=contact_name; vote=left out; reviewText=verbatim; overall=score csat 1-5; summary=verbatim; unixReviewTime=left out; reviewTime=received_at",
    );
    check_roles(
        "date_received,product,sub_product,issue,complaint_what_happened,company_public_response,company,state,zip_code,tags,consumer_consent_provided,submitted_via,date_sent_to_company,company_response,timely,consumer_disputed,complaint_id\n2026-07-01,Mortgage,FHA,Trouble during payment process,They lost my payment twice,,ACME BANK,NY,100XX,,Consent provided,Web,2026-07-02,Closed with explanation,Yes,N/A,1\n2026-07-02,Debt collection,Other,Not my debt,I never had this account,,ACME BANK,TX,700XX,,Consent provided,Web,2026-07-03,In progress,Yes,N/A,2\n",
        "date_received=received_at; product=product; sub_product=left out; issue=left out; complaint_what_happened=verbatim; company_public_response=left out; company=account_name; state=left out; zip_code=left out; tags=left out; consumer_consent_provided=left out; submitted_via=channel; date_sent_to_company=left out; company_response=left out; timely=left out; consumer_disputed=left out; complaint_id=id",
    );
    check_roles(
        "Kundennummer,Datum,Zufriedenheit,Kommentar\n100,14.07.2026,4,Die Lieferung kam zu spät\n101,15.07.2026,5,Alles bestens\n",
        "Kundennummer=left out; Datum=received_at; Zufriedenheit=score rating 1-5; Kommentar=verbatim",
    );
    check_roles(
        "Respondent ID,Account No,answered,Comments\n1122334455,1002003004,1784032200,Good\n1122334466,1002003004,1784042200,Bad\n",
        "Respondent ID=id; Account No=account_id; answered=received_at; Comments=verbatim",
    );
    check_roles("code,Comments\n1122334455,Good service\n1122334466,Bad\n", "code=left out; Comments=verbatim");
    check_roles("id,Satisfaction,Comment\n", "id=id; Satisfaction=left out; Comment=verbatim");
}

/// The real sets, where they are at hand: they lie beside the repository and are no part of it.
fn shared() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");
    let folder = std::env::var_os("OUTSPOKEN_SHARED_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    let told = format!("not run: {} is not there (OUTSPOKEN_SHARED_DATA)\n", folder.display());
    std::io::stderr().write_all(told.as_bytes()).unwrap();
    None
}

/// Rows and rejects of a shared file, and what its columns are taken for where they are not left out.
fn check_shared(folder: &Path, name: &str, n_rows: u64, expected: &str) {
    let shape = source::inspect(&InputFile { path: folder.join(name), name: name.to_owned() }).unwrap();
    let mut reader = source::open(&shape, &[0]).unwrap();
    let (mut n_read, mut n_rejects) = (0, 0);
    while let Some(batch) = reader.next_batch(4096).unwrap() {
        n_read += batch.rows.len() as u64;
        n_rejects += batch.rejects.len();
    }
    assert_eq!((n_read, n_rejects), (n_rows, 0), "{name}");
    let found = roles::find(&shape).map_or_else(
        |error| error.to_string().rsplit_once(": ").unwrap().1.to_owned(),
        |found| {
            let kept = found.choices.iter().filter(|choice| choice.role != "left out");
            kept.map(|choice| format!("{}={}", choice.column, choice.role)).collect::<Vec<_>>().join("; ")
        },
    );
    assert_eq!(found, expected, "{name}");
}

#[test]
fn real_files_are_read_whole_and_understood_without_settings() {
    let Some(folder) = shared() else { return };
    let check = |name: &str, n_rows: u64, expected: &str| check_shared(&folder, name, n_rows, expected);
    check(
        "cfpb_complaints/cfpb_2015_2020_full_columns.csv",
        3927,
        "Date received=received_at; Product=product; Consumer complaint narrative=verbatim; Company=account_name; Submitted via=channel; Complaint ID=id",
    );
    check("cfpb_complaints/cfpb_narrative_product_company.csv", 2000, "complaints=verbatim; Product=product; Company=account_name");
    check("airline_tweets/Tweets.csv", 14_640, "tweet_id=id; airline=product; text=verbatim; tweet_created=received_at");
    check(
        "clothing_reviews/womens_clothing_reviews.csv",
        14_071,
        "Title=verbatim; Review Text=verbatim; Rating=score rating 1-5; Department Name=product",
    );
    check(
        "skytrax_lounge_reviews/lounge.csv",
        2264,
        "airline_name=product; title=verbatim; author=contact_name; date=received_at; content=verbatim; date_visit=experience_at; overall_rating=score csat 1-5; comfort_rating=score rating 0-5; cleanliness_rating=score rating 0-5; bar_beverages_rating=score rating 0-5; catering_rating=score rating 0-5; washrooms_rating=score rating 0-5; wifi_connectivity_rating=score rating 0-5; staff_service_rating=score rating 0-5",
    );
    check("banking77/train.csv", 10_003, "text=verbatim");
    check("hotline_labels/labels.jsonl", 330, "id=id; text=verbatim");
    check("absa_semeval/semeval2014_laptops_train_v2.jsonl", 3045, "id=id; text=verbatim");
    check("absa_semeval/semeval2014_restaurants_train_v2.jsonl", 3041, "id=id; text=verbatim");
    check("absa_semeval/semeval2015_laptops_train.jsonl", 1739, "id=id; text=verbatim");
    check("absa_semeval/semeval2015_restaurants_train.jsonl", 1315, "id=id; text=verbatim");
    check("uci_sentiment_sentences/amazon_cells_labelled.txt", 1000, "column_1=verbatim");
    check("uci_sentiment_sentences/imdb_labelled.txt", 990, "column_1=verbatim");
    check("vader_ground_truth/tweets_GroundTruth.txt", 4200, "column_3=verbatim");
    check("vader_ground_truth/amazonReviewSnippets_GroundTruth.txt", 3708, "column_1=id; column_3=verbatim");
    check("vader_ground_truth/tweets_anonDataRatings.txt", 4200, "no column with open text found");
    check("vader_ground_truth/amazonReviewSnippets_anonDataRatings.txt", 3708, "no column with open text found");
    for (language, n_rows) in [("arabic", 324), ("english", 324), ("hindi", 324), ("indonesian", 1260), ("malay", 1005), ("spanish", 324)] {
        check(&format!("multilingual_sentiment/{language}_valid.csv"), n_rows, "text=verbatim");
    }
}
